export const labelErrors = {};
