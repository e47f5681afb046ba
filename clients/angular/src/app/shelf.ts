/** Keeps what outlives the page: the list as it was last known, and the changes without an ack. */
import { InjectionToken } from '@angular/core';
import type { Todo } from 'todo-service-events';

import type { Kept } from './ledger';
import { uuid } from './uuid';

export interface Shelf {
  /** The list as it was last known to any page of this browser. */
  list(): Promise<readonly Todo[] | undefined>;

  keepList(todos: readonly Todo[]): Promise<void>;

  /** Keep the changes of this page; `changes` is asked for them when they can be written. */
  keepChanges(changes: () => readonly Kept[]): void;

  /** Take over what pages have kept that are gone, now and whenever one goes. */
  inherit(take: (changes: readonly Kept[]) => void): Promise<void>;
}

export const SHELF = new InjectionToken<Shelf>('Shelf', {
  // Without locks (an old browser, a page without TLS) it can't be told whose page is gone.
  factory: () => ('indexedDB' in globalThis && navigator.locks ? new BrowserShelf() : NO_SHELF),
});

const NO_SHELF: Shelf = {
  list: () => Promise.resolve(undefined),
  keepList: () => Promise.resolve(),
  keepChanges: () => undefined,
  inherit: () => Promise.resolve(),
};

const LISTS = 'lists';
const CHANGES = 'changes';

/** Changes up to which they are written at once; more of them are written every so many milliseconds. */
const FEW = 100;
const PAUSE = 200;

/**
 * IndexedDB, where each page has its own record of changes, and holds a lock while it lives.
 *
 * Whoever gets the lock of another page's record knows that this page is gone.
 */
class BrowserShelf implements Shelf {
  private readonly name = `todos of ${new URL('.', document.baseURI).pathname}`;
  private readonly page = uuid();
  private readonly database = open(this.name);
  private readonly awaited = new Set([this.page]);
  private changes: () => readonly Kept[] = () => [];
  private isEmpty = true;
  private isDirty = false;
  private isWriting = false;

  constructor() {
    void navigator.locks.request(this.lock(this.page), () => new Promise(() => undefined));
    addEventListener('pagehide', () => void this.write().catch(complain));
  }

  async list(): Promise<readonly Todo[] | undefined> {
    const { store } = await this.store(LISTS, 'readonly');
    return answer(store.get('todos') as IDBRequest<readonly Todo[] | undefined>);
  }

  async keepList(todos: readonly Todo[]): Promise<void> {
    const { store, done } = await this.store(LISTS, 'readwrite');
    store.put(todos, 'todos');
    await done;
  }

  keepChanges(changes: () => readonly Kept[]): void {
    this.changes = changes;
    this.isDirty = true;
    if (!this.isWriting) void this.writeAll().catch(complain);
  }

  async inherit(take: (changes: readonly Kept[]) => void): Promise<void> {
    const { store } = await this.store(CHANGES, 'readonly');
    const pages = (await answer(store.getAllKeys())) as string[];
    for (const page of pages.filter((each) => !this.awaited.has(each))) {
      this.awaited.add(page);
      const takeOver = () => this.takeOver(page, take);
      void navigator.locks.request(this.lock(page), takeOver).catch(complain);
    }
  }

  private async takeOver(page: string, take: (changes: readonly Kept[]) => void): Promise<void> {
    const { store } = await this.store(CHANGES, 'readonly');
    const changes = await answer(store.get(page) as IDBRequest<readonly Kept[] | undefined>);
    if (!changes) return; // another page was first
    take(changes);
    await this.write(page);
  }

  /** Write until all is written; what is wanted meanwhile is written together. */
  private async writeAll(): Promise<void> {
    this.isWriting = true;
    try {
      while (this.isDirty) {
        const written = await this.write();
        if (written > FEW) await new Promise((passed) => setTimeout(passed, PAUSE));
      }
    } finally {
      this.isWriting = false;
    }
  }

  /** Write the changes of this page; with those of another, which is gone, in one go. */
  private async write(other?: string): Promise<number> {
    this.isDirty = false;
    const changes = this.changes();
    if (!changes.length && this.isEmpty && other === undefined) return 0;
    this.isEmpty = !changes.length;
    const { store, done } = await this.store(CHANGES, 'readwrite');
    if (changes.length) store.put(changes, this.page);
    else store.delete(this.page);
    if (other !== undefined) store.delete(other);
    store.transaction.commit(); // the page may be about to go
    await done;
    return changes.length;
  }

  private async store(
    name: string,
    mode: IDBTransactionMode,
  ): Promise<{ store: IDBObjectStore; done: Promise<void> }> {
    const transaction = (await this.database).transaction(name, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('nothing was kept'));
    });
    return { store: transaction.objectStore(name), done };
  }

  private lock(page: string): string {
    return `${this.name} ${page}`;
  }
}

async function open(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const store of [LISTS, CHANGES]) opening.result.createObjectStore(store);
  };
  return answer(opening);
}

async function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });
}

/** Nothing outlives this page then, which works all the same. */
function complain(error: unknown): void {
  console.warn('The browser keeps nothing of this page:', error);
}
