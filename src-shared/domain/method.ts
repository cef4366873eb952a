/** Methods that learn in seconds, beside the network. */
export const methods = ["logistic-regression", "random-forest", "boosted-trees"] as const;
export type Method = (typeof methods)[number];

export const isMethod = (text: string): text is Method => (methods as readonly string[]).includes(text);

/** What a method learns from: monthly values of a patch, what the encoder of a network makes of it, or both side by side. */
export const methodFeatures = ["monthly", "encoder", "both"] as const;
export type MethodFeatures = (typeof methodFeatures)[number];

/** Whether there is an encoder among what a method learns from. Runs and models that say nothing have monthly values. */
export const usesEncoder = (features: MethodFeatures | undefined): features is "encoder" | "both" =>
  features === "encoder" || features === "both";

/** As it is called in a sentence. */
export const methodNames: Readonly<Record<Method, string>> = {
  "logistic-regression": "logistic regression",
  "random-forest": "random forest",
  "boosted-trees": "boosted trees",
};

/** What is said of a method beside its name. */
export interface MethodTraits {
  readonly features?: MethodFeatures | undefined;
  /** the instant map was kept as this model */
  readonly instant?: boolean | undefined;
}

/** A method with what it learns from, where that is more than monthly values. */
export const methodInWords = (method: Method, { features, instant }: MethodTraits = {}): string =>
  instant
    ? "instant map"
    : usesEncoder(features)
      ? `${methodNames[method]} on ${features === "both" ? "monthly values and an encoder" : "an encoder"}`
      : methodNames[method];
