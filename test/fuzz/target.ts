/** The parsers as one program for the fuzzer. */
export { corpusName, corpusOf } from "./corpus.js";
export { given, parsers } from "./parsers.js";
