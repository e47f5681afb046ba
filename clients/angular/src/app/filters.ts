/** The three views of the list, by their path behind the `#/`. */
import type { Item } from './ledger';

export const FILTERS = [
  { path: '', name: 'All', shows: (_: Item) => true },
  { path: 'active', name: 'Active', shows: (item: Item) => !item.completed },
  { path: 'completed', name: 'Completed', shows: (item: Item) => item.completed },
] as const;
