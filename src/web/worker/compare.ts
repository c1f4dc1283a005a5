export const compareCalls = {};
