/** `#/`, `#/active` and `#/completed` are one route, so that going between them keeps the rows. */
import { UrlSegment, type Routes } from '@angular/router';

import { FILTERS } from './filters';
import { TodoList } from './todo-list';

export const routes: Routes = [
  {
    matcher: (segments) => {
      const path = segments.join('/');
      return FILTERS.some((filter) => filter.path === path)
        ? { consumed: segments, posParams: { path: new UrlSegment(path, {}) } }
        : null;
    },
    component: TodoList,
  },
  { path: '**', redirectTo: '' },
];
