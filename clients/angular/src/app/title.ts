/** A title as the page sends it: trimmed, and of a length that the contract allows. */

/** Characters, counted as code points. */
export const LONGEST = 256;

/** Say what is wrong with a trimmed title; nothing, as a rule. */
export function objection(title: string): string {
  const length = [...title].length;
  return length > LONGEST
    ? `A title has at most ${LONGEST} characters; this one has ${length}.`
    : '';
}
