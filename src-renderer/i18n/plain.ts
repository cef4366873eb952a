/** Words without accents and capitals, so that “reglages” finds “Réglages”. */
export const plain = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
