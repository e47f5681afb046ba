/** The todos that the specs tell of. */
import type { Todo } from 'todo-service-events';

export const MILK: Todo = {
  id: '8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13',
  title: 'Buy milk',
  completed: false,
};

export const CALL: Todo = {
  id: '1f0a6f8e-94c7-4d0a-8d55-6f2f0f7b9a44',
  title: 'Call Ada',
  completed: true,
};
