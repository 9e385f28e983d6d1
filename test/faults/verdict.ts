/**
 * What a check's output says. That a check failed is not enough: code that does not start, a test that crashes or hangs have
 * found nothing. It has to name an assertion that failed, or the compiler what it refuses.
 */

/** What one failed assertion is called, the tests that it stands in before it; null: none failed. */
export function failedAssertion(tap: string): string | null {
  const within: { indent: number; name: string }[] = [];
  const lines = tap.split('\n');
  for (const [position, line] of lines.entries()) {
    const indent = line.search(/\S/);
    const subtest = /^\s*# Subtest: (.*)$/.exec(line);
    if (subtest) {
      while (within.length > 0 && within.at(-1)!.indent >= indent) within.pop();
      within.push({ indent, name: subtest[1]! });
    }
    const failed = /^\s*not ok \d+ - (.*)$/.exec(line);
    // A line with a time is the sum of a subtest, not an assertion.
    if (!failed || / # time=/.test(line)) continue;
    const name = failed[1]!;
    if (isThrown(lines, position, indent) && !isFinding(name)) continue;
    const inside = within.filter((one) => one.indent < indent).map((one) => one.name);
    return [...inside, name].join(' › ').replaceAll(/\\(.)/g, '$1');
  }
  return null;
}

/** Whether the diagnostics below the line say that an exception was caught, rather than that values differ. */
function isThrown(lines: readonly string[], position: number, indent: number): boolean {
  for (const line of lines.slice(position + 1)) {
    if (line.trim() === '...') return false;
    if (line.search(/\S/) <= indent && !/^\s*(---|\.\.\.)/.test(line)) return false;
    if (/^\s*tapCaught:/.test(line)) return true;
  }
  return false;
}

/**
 * The scenes throw when an answer has another status than the story needs, or one that its operation does not document;
 * fast-check does with a counterexample.
 */
const isFinding = (message: string): boolean =>
  /^expected \d{3}, got \d{3}\b|^\w+ answered [\w-]+, which it does not document$|^Property failed after \d+ tests/.test(
    message,
  );

/** The first thing that the compiler refuses; null: it refuses nothing. */
export function refusedByCompiler(output: string): string | null {
  return /^(\S+\(\d+,\d+\): error TS\d+: .*)$/m.exec(output)?.[1] ?? null;
}

/** What c8 says is not covered. */
export function notCovered(output: string): string | null {
  return /^ERROR: (Coverage for (?:statements|branches|lines|functions) .*)$/m.exec(output)?.[1] ?? null;
}

/**
 * What the last line of the leak test counts, where it counts something that must not be; null: it failed otherwise. An
 * unexpected status alone is no finding: a service that does not work tells nothing either.
 */
export function leaked(output: string): string | null {
  const counted = [...output.matchAll(/\b[1-9]\d* (?:leaks|misses|mismatches)\b/g)].map(([text]) => text);
  return counted.length === 0 ? null : counted.join(', ');
}
