/**
 * A mark that only one place of the code can put on an object, and that nobody can copy: a private field, which no spread, no clone
 * and no prototype carries along.
 */

class Given {
  // What a constructor returns is what the class below puts its field on.
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is the point of it
    return object;
  }
}

export interface Stamp {
  /** Gives the same object. */
  put<Thing extends object>(thing: Thing): Thing;
  isOn(value: unknown): boolean;
}

/** A stamp of its own with each call; whoever calls keeps it to itself. */
export function createStamp(): Stamp {
  class Stamped extends Given {
    readonly #stamped = true;
    static isOn(value: unknown): boolean {
      return typeof value === 'object' && value !== null && #stamped in value;
    }
  }
  return {
    put<Thing extends object>(thing: Thing): Thing {
      new Stamped(thing);
      return thing;
    },
    isOn: Stamped.isOn,
  };
}
