export const learningErrors = {};
