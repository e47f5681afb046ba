import { schemas } from 'todo-service-events/schemas';

import { LONGEST, objection } from './title';

describe('a title', () => {
  it('may have as many characters as the contract allows', () => {
    expect(objection('x'.repeat(LONGEST))).toBe('');
    expect(JSON.stringify(schemas['/']?.client['todo:create'])).toContain(`"maxLength":${LONGEST}`);
  });

  it('is measured in code points, whatever its script', () => {
    expect(objection('🐄'.repeat(LONGEST))).toBe('');
  });

  it('may not have one character more', () => {
    expect(objection('🐄'.repeat(LONGEST + 1))).toBe(
      'A title has at most 256 characters; this one has 257.',
    );
  });
});
