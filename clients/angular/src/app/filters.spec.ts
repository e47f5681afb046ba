import { FILTERS } from './filters';

const open = { key: 'a', title: 'Buy milk', completed: false };
const done = { key: 'b', title: 'Call Ada', completed: true };

describe('the filters', () => {
  it.each([
    ['', [open, done]],
    ['active', [open]],
    ['completed', [done]],
  ])('at #/%s show what they are named for', (path, shown) => {
    const filter = FILTERS.find((each) => each.path === path);
    expect([open, done].filter((item) => filter?.shows(item))).toEqual(shown);
  });
});
