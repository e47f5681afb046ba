import { ComponentFixture, TestBed } from '@angular/core/testing';

import { find } from '../testing/find';
import { Service } from '../testing/service';
import { CALL, MILK } from '../testing/todos';
import { App } from './app';
import { Colours } from './colours';
import { TODO_SOCKET } from './todo-socket';
import { TodoStore } from './todo-store';

let service: Service;
let store: TodoStore;
let fixture: ComponentFixture<App>;

beforeEach(() => {
  service = new Service();
  TestBed.configureTestingModule({
    providers: [{ provide: TODO_SOCKET, useValue: service.socket }],
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

  it('offers to undo a deletion', async () => {
    service.holds(MILK, CALL);
    store.delete(...store.items());
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    expect(find(page, '[aria-live]').textContent).toContain('2 todos deleted.');
    find(page, '[aria-live] button').click();
    expect(store.left()).toBe(1);
    await fixture.whenStable();
    expect(find(page, '[aria-live]').textContent.trim()).toBe('');
  });

  it.each([
    [1, 'Nobody else is here'],
    [2, 'One other is here'],
    [3, '2 others are here'],
  ])('says who else is here among %i', async (clients, said) => {
    service.holds();
    await fixture.whenStable();
    const here = find(fixture.nativeElement as HTMLElement, '.here');
    expect(here.textContent).toBe('');
    service.answers('presence:watch', { data: { clients } });
    await fixture.whenStable();
    expect(here.textContent).toBe(said);
    service.broadcasts('presence:changed', { clients: 9 });
    await fixture.whenStable();
    expect(here.textContent).toBe('8 others are here');
    service.breaks();
    await fixture.whenStable();
    expect(here.textContent).toBe('');
  });

  it('shows the colours that somebody has chosen, from then on', async () => {
    service.holds();
    await fixture.whenStable();
    const choice = find<HTMLSelectElement>(fixture.nativeElement as HTMLElement, 'select');
    expect([choice.value, document.documentElement.dataset['scheme']]).toEqual(['system', 'system']);
    choice.value = 'dark';
    choice.dispatchEvent(new Event('change'));
    expect(document.documentElement.dataset['scheme']).toBe('dark');
    expect(TestBed.runInInjectionContext(() => new Colours().scheme())).toBe('dark');
  });

  it('says what went wrong until that is dismissed', async () => {
    service.holds();
    store.create('Sleep');
    service.answers('todo:create', { error: 'too many todos' });
    expect(await said('alert')).toContain('“Sleep” was not saved: the list is full.');
    find(fixture.nativeElement as HTMLElement, '[role=alert] button').click();
    expect(await said('alert')).toBe('');
  });
});
