/** Of a long list only what is near the window has rows; the rest is a gap above and one below. */
import {
  ApplicationRef,
  computed,
  DestroyRef,
  DOCUMENT,
  type ElementRef,
  inject,
  type Signal,
  signal,
} from '@angular/core';

/** Todos up to which all have rows: browsers then find any text in the page. */
export const SHORT = 300;

/** Rows that come and go together. */
const CHUNK = 16;

/** Pixels of a row whose title takes one line. */
const ROW = 60;

/** Pixels beyond the window in which there are rows. */
const MARGIN = 900;

const PRINTS = ['beforeprint', 'afterprint'];

/** Rows `from` and before `to`, and the pixels that the others would take. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

export class Nearby {
  private readonly document = inject(DOCUMENT);
  private readonly application = inject(ApplicationRef);
  private readonly window = this.document.defaultView as Window;

  /** The chunks that have rows: the first, and the last. */
  private readonly chunks = signal<readonly [number, number]>([0, 0], {
    equal: ([first, last], [from, to]) => first === from && last === to,
  });

  /** Whether all have rows, whatever their number: paper has no window. */
  private readonly printing = signal(false);

  /** Heights of the chunks that have had rows, as long as nothing else was learnt. */
  private readonly heights = new Map<number, number>();

  private readonly measured = new ResizeObserver(() => {
    this.measure();
    this.look();
  });

  /** What of the list has rows. */
  readonly part: Signal<Part> = computed(() => {
    const count = this.count();
    if (!this.isPartial()) return { from: 0, to: count, above: 0, below: 0 };
    const last = Math.min(this.chunks()[1], Math.ceil(count / CHUNK) - 1);
    const first = Math.min(this.chunks()[0], last);
    return {
      from: first * CHUNK,
      to: Math.min((last + 1) * CHUNK, count),
      above: this.height(0, first),
      below: this.height(last + 1, Math.ceil(count / CHUNK)),
    };
  });

  /** Whether some have no rows. */
  readonly isPartial = computed(() => this.count() > SHORT && !this.printing());

  /**
   * Watch a list of so many todos, which has its rows in one element, behind the gap above.
   *
   * Needs an injection context.
   */
  constructor(
    private readonly count: Signal<number>,
    private readonly above: Signal<ElementRef<HTMLElement> | undefined>,
    private readonly rows: Signal<ElementRef<HTMLElement> | undefined>,
  ) {
    const look = () => this.look();
    const print = ({ type }: Event) => {
      this.printing.set(type === 'beforeprint');
      this.application.tick(); // the browser does not wait
    };
    this.document.addEventListener('scroll', look, { capture: true, passive: true });
    this.window.addEventListener('resize', look);
    for (const type of PRINTS) this.window.addEventListener(type, print);
    inject(DestroyRef).onDestroy(() => {
      this.document.removeEventListener('scroll', look, { capture: true });
      this.window.removeEventListener('resize', look);
      for (const type of PRINTS) this.window.removeEventListener(type, print);
      this.measured.disconnect();
    });
  }

  /** Learn where the rows are; they are there, or there anew. */
  watch(rows: HTMLElement): void {
    this.measured.disconnect();
    this.measured.observe(rows);
  }

  /** Find out which chunks are near the window. */
  private look(): void {
    const gap = this.above()?.nativeElement;
    if (!gap || !this.isPartial()) return;
    const top = -gap.getBoundingClientRect().top - MARGIN;
    const first = this.chunkAt(top);
    this.chunks.set([first, this.chunkAt(top + this.window.innerHeight + 2 * MARGIN, first)]);
  }

  /** The chunk at so many pixels below the list's top. */
  private chunkAt(pixels: number, from = 0): number {
    let chunk = from;
    let bottom = this.height(0, chunk + 1);
    const last = Math.ceil(this.count() / CHUNK) - 1;
    while (bottom < pixels && chunk < last) bottom += this.heightOf(++chunk);
    return chunk;
  }

  /** Learn the heights of the chunks that have rows. */
  private measure(): void {
    const rows = this.rows()?.nativeElement;
    if (!rows || !this.isPartial()) return;
    const { from, to } = this.part();
    if (rows.children.length !== to - from) return; // they are about to change
    for (let row = from; row < to; row += CHUNK) {
      const first = rows.children[row - from] as HTMLElement;
      const next = rows.children[row - from + CHUNK] as HTMLElement | undefined;
      const bottom = next?.offsetTop ?? rows.offsetTop + rows.offsetHeight;
      this.heights.set(row / CHUNK, bottom - first.offsetTop);
    }
  }

  private height(from: number, to: number): number {
    let sum = 0;
    for (let chunk = from; chunk < to; chunk++) sum += this.heightOf(chunk);
    return sum;
  }

  private heightOf(chunk: number): number {
    return this.heights.get(chunk) ?? ROW * Math.min(CHUNK, this.count() - chunk * CHUNK);
  }
}
