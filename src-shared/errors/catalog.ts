export const catalogErrors = {};
