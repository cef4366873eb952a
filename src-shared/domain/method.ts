/** Methods that learn in seconds, beside the network. */
export const methods = ["logistic-regression", "random-forest", "boosted-trees"] as const;
export type Method = (typeof methods)[number];

export const isMethod = (text: string): text is Method => (methods as readonly string[]).includes(text);

/** As it is called in a sentence. */
export const methodNames: Readonly<Record<Method, string>> = {
  "logistic-regression": "logistic regression",
  "random-forest": "random forest",
  "boosted-trees": "boosted trees",
};
