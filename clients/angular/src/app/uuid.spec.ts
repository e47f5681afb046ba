import { uuid } from './uuid';

describe('a new UUID', () => {
  it('is one of version 4, and another each time', () => {
    const many = Array.from({ length: 200 }, uuid);
    for (const one of many) {
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(many).size).toBe(200);
  });
});
