import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';

import { Service } from '../testing/service';
import { App } from './app';
import { TODO_SOCKET } from './todo-socket';
import { TodoStore } from './todo-store';

let service: Service;
let store: TodoStore;
let fixture: ComponentFixture<App>;

beforeEach(() => {
  service = new Service();
  TestBed.configureTestingModule({
    providers: [{ provide: TODO_SOCKET, useValue: service.socket }, provideRouter([])],
  });
  store = TestBed.inject(TodoStore);
  fixture = TestBed.createComponent(App);
});

/** What the page says in a role that screen readers read out. */
async function said(role: 'status' | 'alert'): Promise<string> {
  await fixture.whenStable();
  const element = (fixture.nativeElement as HTMLElement).querySelector(`[role=${role}]`);
  return element?.textContent.trim() ?? '';
}

describe('the page', () => {
  it('says what the connection is', async () => {
    expect(await said('status')).toBe('Connecting…');
    service.holds();
    expect(await said('status')).toBe('');
    service.breaks();
    expect(await said('status')).toBe('Offline');
  });

  it('says how many changes wait', async () => {
    service.holds();
    service.breaks();
    store.create('Buy milk');
    expect(await said('status')).toBe('Offline: 1 change waits');
    store.create('Call Ada');
    expect(await said('status')).toBe('Offline: 2 changes wait');
  });

  it('says what went wrong until that is dismissed', async () => {
    service.holds();
    store.create('Sleep');
    service.answers('todo:create', { error: 'too many events' });
    expect(await said('alert')).toContain('“Sleep” was not saved: too many changes at once.');
    (fixture.nativeElement as HTMLElement).querySelector('button')?.click();
    expect(await said('alert')).toBe('');
  });
});
