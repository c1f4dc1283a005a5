export const benchCalls = {};
