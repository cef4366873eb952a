import { messages } from "./message.ts";

/** Models side by side: networks and simple methods on the same labels. */
export const scoresMessages = messages({
  "scores.title": { en: "Models on the same labels", fr: "Modèles sur les mêmes étiquettes" },
  "scores.part": { en: "Labels to compare on", fr: "Étiquettes pour comparer" },
  "scores.part.test": { en: "Test", fr: "Test" },
  "scores.part.validation": { en: "Validation", fr: "Validation" },
  "scores.model": { en: "Model", fr: "Modèle" },
  "scores.polygonsF1": { en: "F1 of polygons", fr: "F1 des polygones" },
  "scores.training": { en: "Training", fr: "Apprentissage" },
  "scores.network": { en: "network", fr: "réseau" },
  "scores.recommended": { en: "Recommended", fr: "Recommandé" },
  "scores.recommended.why": {
    en: "Best on the validation part. New maps use it by default.",
    fr: "Le meilleur sur la partie validation. Les nouvelles cartes le prennent par défaut.",
  },
  "scores.elsewhere": {
    en: "from elsewhere: it may have learned from these places",
    fr: "venu d’ailleurs : il a peut-être appris de ces lieux",
  },
  "scores.before": { en: "after {time} of other training", fr: "après {time} d’autre apprentissage" },
  "scores.better": {
    en: "“{model}”, a simple method, does better",
    fr: "« {model} », une méthode simple, fait mieux",
  },
  "scores.none": {
    en: "No model was measured on this part of the present split.",
    fr: "Aucun modèle n’a été mesuré sur cette part de la répartition actuelle.",
  },
  "scores.measure": {
    en: { one: "Measure {count} model", other: "Measure {count} models" },
    fr: { one: "Mesurer {count} modèle", other: "Mesurer {count} modèles" },
  },
  "scores.commonest": {
    en: "Always answering “{name}” would be right in {share}.",
    fr: "Répondre toujours « {name} » serait juste dans {share}.",
  },
  "scores.few": {
    en: "Measured on {labels}: differences of a few hundredths mean little.",
    fr: "Mesuré sur {labels} : des écarts de quelques centièmes ne signifient pas grand-chose.",
  },
  "scores.verdict.macroF1.network": {
    en: "Macro F1: the network “{network}” wins, {ours} against {theirs} of the best simple method, “{method}” ({kind}).",
    fr: "F1 macro : le réseau « {network} » l’emporte, {ours} contre {theirs} pour la meilleure méthode simple, « {method} » ({kind}).",
  },
  "scores.verdict.macroF1.method": {
    en: "Macro F1: a simple method, “{method}” ({kind}), wins, {theirs} against {ours} of the best network, “{network}”.",
    fr: "F1 macro : une méthode simple, « {method} » ({kind}), l’emporte, {theirs} contre {ours} pour le meilleur réseau, « {network} ».",
  },
  "scores.verdict.macroF1.neither": {
    en: "Macro F1: the best network, “{network}”, and the best simple method, “{method}” ({kind}), are level ({ours} and {theirs}).",
    fr: "F1 macro : le meilleur réseau, « {network} », et la meilleure méthode simple, « {method} » ({kind}), sont à égalité ({ours} et {theirs}).",
  },
  "scores.verdict.polygonsRight.network": {
    en: "Share of polygons right: the network “{network}” wins, {ours} against {theirs} of the best simple method, “{method}” ({kind}).",
    fr: "Part de polygones justes : le réseau « {network} » l’emporte, {ours} contre {theirs} pour la meilleure méthode simple, « {method} » ({kind}).",
  },
  "scores.verdict.polygonsRight.method": {
    en: "Share of polygons right: a simple method, “{method}” ({kind}), wins, {theirs} against {ours} of the best network, “{network}”.",
    fr: "Part de polygones justes : une méthode simple, « {method} » ({kind}), l’emporte, {theirs} contre {ours} pour le meilleur réseau, « {network} ».",
  },
  "scores.verdict.polygonsRight.neither": {
    en: "Share of polygons right: the best network, “{network}”, and the best simple method, “{method}” ({kind}), are level ({ours} and {theirs}).",
    fr: "Part de polygones justes : le meilleur réseau, « {network} », et la meilleure méthode simple, « {method} » ({kind}), sont à égalité ({ours} et {theirs}).",
  },
  "scores.behind": { en: "Behind the best", fr: "Retard sur le meilleur" },
  "scores.behind.what": {
    en: "Macro F1 of the best model less this one, on the labels of both, with its 95% interval. It counts labels.",
    fr: "F1 macro du meilleur modèle moins celui-ci, sur les étiquettes des deux, avec son intervalle à 95 %. Il compte les étiquettes.",
  },
  "scores.level": { en: "not told apart", fr: "pas départagés" },
  "scores.range": { en: "{low} to {high}", fr: "{low} à {high}" },
  "scores.gap": {
    en: "Difference {value}, 95% interval {low} to {high}: {meaning}.",
    fr: "Écart {value}, intervalle à 95 % de {low} à {high} : {meaning}.",
  },
  "scores.gap.told": { en: "larger than chance explains", fr: "plus grand que ce que le hasard explique" },
  "scores.gap.level": {
    en: "these labels cannot tell them apart",
    fr: "ces étiquettes ne les départagent pas",
  },
  "scores.apart": { en: "Not compared", fr: "Non comparés" },
  "scores.apart.not-measured": {
    en: "“{model}”: not measured on this part.",
    fr: "« {model} » : pas mesuré sur cette part.",
  },
  "scores.apart.other-split": {
    en: "“{model}”: taught on another split, so it may have learned from these places. Teach it again to compare it.",
    fr: "« {model} » : appris sur une autre répartition, donc peut-être sur ces lieux. Réentraînez-le pour le comparer.",
  },
  "scores.apart.other-labels": {
    en: "“{model}”: labels of this part have changed since it was measured.",
    fr: "« {model} » : des étiquettes de cette part ont changé depuis sa mesure.",
  },
  "scores.apart.unknown-labels": {
    en: "“{model}”: an earlier version measured it, on labels that are not known to be these.",
    fr: "« {model} » : mesuré par une version antérieure, sur des étiquettes dont on ne sait pas si ce sont celles-ci.",
  },
  "scores.apart.other-classes": {
    en: "“{model}”: it was asked for other classes, or does not see some of them.",
    fr: "« {model} » : interrogé sur d’autres classes, ou il n’en voit pas certaines.",
  },
});
