// Stand-ins for the parameters of an error's text: whatever the text reads of them comes out as `<its name>`, be it
// text, a number, a list or an object.

/** Parameters of which a text uses the value to choose its words. */
const CHOSEN: ReadonlyMap<string, string> = new Map([['form', 'required-or-forbidden']]);

/** Parameters for any text function. */
export function placeholders(): object {
  return new Proxy({}, { get: (_, name) => (typeof name === 'string' ? placeholder(name) : undefined) });
}

/** `resourceClass` → `<resource class>`, which also answers to what lists and objects are asked for. */
function placeholder(name: string): unknown {
  const chosen = CHOSEN.get(name);
  if (chosen !== undefined) return chosen;
  const text = `<${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}>`;
  const list = [text];
  const abilities = new Map<string | symbol, unknown>([
    ['join', () => text],
    ['map', (change: (element: unknown) => string) => [change(placeholder(name))]],
    [Symbol.iterator, () => list.values()],
    [Symbol.toPrimitive, () => text],
  ]);
  return new Proxy(new String(text), {
    get(target, property) {
      if (abilities.has(property)) return abilities.get(property);
      const own: unknown = Reflect.get(target, property, target);
      if (typeof own === 'function') return own.bind(target);
      return own === undefined && typeof property === 'string' ? placeholder(property) : own;
    },
  });
}
