import type { SplitMeaning } from "../../../src-shared/domain/split.ts";

type Value = string | number | boolean | null | undefined;

/** One word of a split field, how many labels have it, and what it means; `null` where only the user can say. */
export interface SplitWord {
  /** as it is written in the file; empty for labels without a word */
  readonly word: string;
  readonly count: number;
  readonly part: SplitMeaning | null;
}

export interface SplitWords {
  readonly words: readonly SplitWord[];
  /** the values number folds: the last one tests, the one before it validates where there are three */
  readonly folds: boolean;
}

const listed: Readonly<Record<SplitMeaning, string>> = {
  "train-only": `train_only only_train training_only only_training trainonly trainingonly train_seulement entrainement_seul
    entrainement_seulement nur_training nur_trainieren solo_entrenamiento solo_addestramento`,
  train: `train training trn traindata trainset train_set training_set learn learning
    calibration calib cal fit fitting entrainement apprentissage trainieren trainiert lernen kalibrierung trainingsdaten entrenamiento
    entrenar aprendizaje calibracion addestramento apprendimento calibrazione treino treinamento aprendizagem calibracao trainen leren
    kalibratie uczenie treningowy trening traning utbildning koulutus trenovani обучение`,
  validation: `val valid validation validate validating validation_set valid_set val_set dev development devel devset dev_set tune tuning
    validierung validieren validacion validar validazione validacao validatie walidacja walidacyjny validering validointi validace
    валидация`,
  test: `test testing tst tests testset test_set testdata holdout hold_out held_out heldout out_of_sample oos blind unseen independent
    testen testdaten prufung pruefung teste prueba pruebas verifica testowy testovaci testaus тест`,
  unused: `unused unuse not_used notused ignore ignored ignoring none nan na n_a null exclude excluded excluding drop dropped skip skipped
    discard discarded remove removed too_small toosmall small tiny leave_out left_out no_use not_in_use buffer border edge masked
    inutilise ignorer ignoree exclu exclue trop_petit unbenutzt ungenutzt ignorieren ignoriert ausgeschlossen zu_klein sin_uso no_usado
    ignorar ignorado excluido demasiado_pequeno non_usato ignora escluso troppo_piccolo nao_usado muito_pequeno ongebruikt niet_gebruikt
    negeren uitgesloten te_klein nieuzyte pominiete`,
};

const known = new Map(
  (Object.keys(listed) as SplitMeaning[]).flatMap((part) =>
    listed[part].split(/\s+/).map((word): [string, SplitMeaning] => [word, part]),
  ),
);

/** Compared without case, accents, blanks at the ends, and with one sign between words. */
export const wordKey = (value: Value): string =>
  String(value ?? "")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .trim()
    .toLowerCase()
    // A sign before a number stays: −1 is not 1.
    .replace(/^\u2212(?=\d)/, "-")
    .replace(/(?!^-\d)[\s\-./]+/g, "_")
    .replace(/^_+|_+$/g, "");

/**
 * What the words of a split field mean: the usual words of several languages, flags (`is_test`: 1 or true), numbers of folds.
 * `given` comes first. A label without a word is unused. Unknown words keep `null`.
 */
export function splitWords(
  field: string,
  values: Iterable<Value>,
  given: Readonly<Record<string, SplitMeaning>> = {},
): SplitWords {
  const counts = new Map<string, { word: string; count: number }>();
  for (const value of values) {
    const key = wordKey(value);
    const before = counts.get(key);
    if (before) before.count++;
    else counts.set(key, { word: String(value ?? "").trim(), count: 1 });
  }
  const told = new Map(Object.entries(given).map(([word, part]) => [wordKey(word), part]));
  const open = [...counts.keys()].filter((key) => key !== "" && !told.has(key) && !known.has(key));
  const flags = flagMeaning(field, open);
  const folds = flags
    ? null
    : foldMeaning(
        field,
        [...counts.keys()].filter((key) => key !== "" && !told.has(key)),
      );
  const words = [...counts].map(([key, { word, count }]): SplitWord => {
    const part =
      told.get(key) ??
      folds?.get(key) ??
      flags?.get(key) ??
      known.get(key) ??
      (key === "" ? ("unused" as const) : null);
    return { word, count, part };
  });
  return { words, folds: folds !== null };
}

const yes = new Set(["1", "true", "yes", "y", "t", "oui", "ja", "si"]);
const no = new Set(["0", "false", "no", "n", "f", "non", "nein", "nee"]);

/** `is_test`, `holdout`, `is_train`, `validation`: fields that say yes or no. */
function flagMeaning(field: string, open: readonly string[]): ReadonlyMap<string, SplitMeaning> | null {
  if (open.length === 0 || !open.every((key) => yes.has(key) || no.has(key))) return null;
  const name = wordKey(field);
  const meaning: readonly [SplitMeaning, SplitMeaning] | null = /train|calib|learn|apprent|entrain|entren/.test(name)
    ? ["train", "test"]
    : /test|hold|unseen/.test(name)
      ? ["test", "train"]
      : /val|dev/.test(name)
        ? ["validation", "train"]
        : /unused|ignore|exclude|skip|drop/.test(name)
          ? ["unused", "train"]
          : null;
  return meaning && new Map(open.map((key) => [key, yes.has(key) ? meaning[0] : meaning[1]]));
}

/** Whole numbers, or words like `fold_3`: the last fold tests, of three or more the one before it validates, the others train. */
function foldMeaning(field: string, keys: readonly string[]): ReadonlyMap<string, SplitMeaning> | null {
  const numbered = keys.map((key) => /^(?:k?fold|cv|part|split|k|f)?_?(-?\d{1,3})(?:_0+)?$/.exec(key));
  if (keys.length < 2 || numbered.some((match) => match === null)) return null;
  const named = /fold|cv|kfold|cross/.test(wordKey(field)) || keys.every((key) => /^k?fold|^cv/.test(key));
  // 0 and 1 alone can mean anything unless the name says that they are folds.
  if (keys.length === 2 && !named) return null;
  if (keys.length > (named ? 100 : 20)) return null;
  const ordered = keys.toSorted((p, q) => numberOf(p) - numberOf(q));
  // A fold below zero (−1) is how several programs write “in no fold”.
  const real = ordered.filter((key) => numberOf(key) >= 0);
  return new Map(
    ordered.map((key) => {
      const fromEnd = real.length - 1 - real.indexOf(key);
      const part: SplitMeaning = !real.includes(key)
        ? "unused"
        : fromEnd === 0
          ? "test"
          : fromEnd === 1 && real.length > 2
            ? "validation"
            : "train";
      return [key, part];
    }),
  );

  function numberOf(key: string): number {
    return Number(/(-?\d+)(?:_0+)?$/.exec(key)?.[1] ?? 0);
  }
}

/** Names of fields that usually hold a split. */
export const looksLikeSplitField = (field: string): boolean =>
  /^(data_?)?(split|set|subset|partition|fold|k?fold\w*|cv\w*|usage|role|sample_?type|is_?(test|train|val\w*)|train_?test\w*|dataset|jeu|teilmenge)$/.test(
    wordKey(field),
  );
