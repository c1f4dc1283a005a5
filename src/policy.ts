/**
 * The Content-Security-Policy of the simulator page: everything from its own folder, nothing inline, and leave to
 * compile WebAssembly. The built page carries it in a `<meta>`, so that it holds on any static host; `gridclear web`
 * sends it as a header too, which also binds the worker.
 */
export const securityPolicy: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The policy of the walk that other pages embed: it loads its own code and style, and nothing else. */
export const embedPolicy: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
