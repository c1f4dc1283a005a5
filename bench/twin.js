// @ts-check
// Builds the native twin as a program, for a profiler, and prints its path: node bench/twin.js
import { nativeProgram } from "./native.js";

process.stdout.write(`${nativeProgram()}\n`);
