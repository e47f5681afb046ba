/** Looking at a part of the page. */

/** Find the first element of a selector; fails without. */
export function find<Kind extends Element = HTMLElement>(part: Element, selector: string): Kind {
  const found = part.querySelector<Kind>(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}
