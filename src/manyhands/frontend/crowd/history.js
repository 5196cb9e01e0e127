// Undo and redo: states kept whole, as values that are never changed.
const STEPS_MAX = 100;

export class History {
  past = [];
  future = [];

  constructor(stepsMax = STEPS_MAX) {
    this.stepsMax = stepsMax;
  }

  /** Remember the state before a change. */
  keep(state) {
    this.past.push(state);
    if (this.past.length > this.stepsMax) this.past.shift();
    this.future = [];
  }

  /** The state before this one, or undefined. */
  undo(now) {
    if (!this.past.length) return undefined;
    this.future.push(now);
    return this.past.pop();
  }

  redo(now) {
    if (!this.future.length) return undefined;
    this.past.push(now);
    return this.future.pop();
  }
}
