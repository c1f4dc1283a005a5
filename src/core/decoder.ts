/**
 * Lets this package be imported where `TextDecoder` is missing, as in Jest's jsdom: `@assemblyscript/loader` makes one
 * as it loads and uses it for strings, which the core has none of. The stand-in is there for that one look and gone
 * with it; where there is a `TextDecoder`, nothing happens.
 */
if (typeof TextDecoder === "undefined") {
  const name = "TextDecoder";
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      delete (globalThis as { [name]?: unknown })[name];
      return Object;
    },
  });
}

export {};
