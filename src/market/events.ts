/** A small emitter: what happens, told to whoever asked, in the order in which they asked. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  /** Calls `listener` on each such event until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as (event: never) => void));
    return () => {
      listeners.delete(listener as (event: never) => void);
    };
  }

  /** Whether anybody asked for this. */
  has(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  /** Tells everybody who asked. What a listener throws reaches the caller after all have been told. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    let thrown: { readonly error: unknown } | null = null;
    for (const listener of [...(this.#listeners.get(name) ?? [])])
      try {
        listener(event as never);
      } catch (error) {
        thrown ??= { error };
      }
    if (thrown !== null) throw thrown.error;
  }
}
