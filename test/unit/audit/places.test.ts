import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/audit/places.ts';
import { EventReader, type AuditEvent } from '../../../src/audit/event.ts';
import { boundBy, eventOf, type Told } from '../../support/texts/auditEvents.ts';

/** What an event is read as. */
function read(told: Told): AuditEvent {
  const bytes = new TextEncoder().encode(eventOf(told));
  const reader = new EventReader();
  reader.read(bytes, 0, bytes.length);
  return reader.event;
}
const bound = (most = 99, own = 99, left = 99) => ({ most, own, room: { left } });
const at = (second: number): string => `2026-11-29T09:00:${String(second).padStart(2, '0')}.000000Z`;
const nine = Date.parse('2026-11-29T09:00:00Z') / 1000;

describe('a place', () => {
  const one: Told = { addresses: ['f', 'a'], agent: 'x/1', extra: boundBy('j', 'p', 'n') };
  const others: readonly (readonly [string, Told])[] = [
    ['address', { ...one, addresses: ['f', 'b'] }],
    ['claim of another address', { ...one, addresses: ['g', 'a'] }],
    ['program', { ...one, agent: 'x/2' }],
    ['Pod', { ...one, extra: boundBy('j', 'q', 'n') }],
    ['Node', { ...one, extra: boundBy('j', 'p', 'm') }],
    ['Pod, as none is told', { ...one, extra: {} }],
  ];

  it.each(others)('is another one with another %s, of few and of many', (_, other) => {
    for (const more of [0, 12]) {
      const places = new Places(bound());
      for (let index = 0; index < more; index++) places.add(read({ addresses: [`x${index}`] }));
      for (const event of [one, other, one, other, one]) places.add(read(event));
      expect(places.some(2).map(({ count }) => count)).toEqual([3, 2]);
      expect(places.some(99)).toHaveLength(more + 2);
      expect(places.span?.count).toBe(more + 5);
    }
  });

  it('is told with all that is known of it, the most used first', () => {
    const places = new Places(bound());
    places.add(read({ at: at(5) }));
    for (const second of [3, 9, 6]) places.add(read({ ...one, at: at(second) }));
    expect(places.some(9)).toEqual([
      {
        address: 'a',
        forwarded: 'f',
        agent: 'x/1',
        pod: 'p',
        node: 'n',
        count: 3,
        first: nine + 3,
        last: nine + 9,
      },
      {
        address: '10.2.0.7',
        forwarded: '',
        agent: 'cart/1.2',
        pod: '',
        node: '',
        count: 1,
        first: nine + 5,
        last: nine + 5,
      },
    ]);
    expect(places.some(1)).toHaveLength(1);
    expect(places.span).toEqual({ count: 4, first: nine + 3, last: nine + 9 });
    expect([...places.addresses()].map(({ address, count }) => [address, count])).toEqual([
      ['10.2.0.7', 1],
      ['a', 3],
    ]);
  });

  it('is one of several addresses, or all are of one', () => {
    const places = new Places(bound());
    expect(places.isOneAddress).toBe(true);
    places.add(read(one));
    places.add(read({ ...one, agent: 'y' }));
    expect(places.isOneAddress).toBe(true);
    places.add(read({ ...one, addresses: ['b'] }));
    expect(places.isOneAddress).toBe(false);
  });
});

describe('places beyond those that there is room for', () => {
  const add = (places: Places, ...addresses: readonly string[]): void => {
    for (const [index, address] of addresses.entries())
      places.add(read({ addresses: [address], at: at(index) }));
  };

  it('are counted together, also those that are known', () => {
    const places = new Places(bound(2, 1));
    expect([places.span, places.elsewhere]).toEqual([undefined, 0]);
    add(places, 'a', 'b', 'c', 'a', 'c', 'd');
    expect(places.some(9).map(({ address, count }) => [address, count])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(places.elsewhere).toBe(3);
    expect(places.span).toEqual({ count: 6, first: nine, last: nine + 5 });
    expect(places.isOneAddress).toBe(false);
  });

  it('share a room beyond what each owner has in any case, and give it back', () => {
    const room = { left: 1 };
    const owners = [new Places({ most: 9, own: 1, room }), new Places({ most: 9, own: 1, room })];
    for (const places of owners) add(places, 'a', 'b', 'c');
    expect(owners.map((places) => [places.some(9).length, places.elsewhere])).toEqual([
      [2, 1],
      [1, 2],
    ]);
    expect(room.left).toBe(0);
    owners[1]?.release();
    expect(room.left).toBe(0);
    owners[0]?.release();
    expect(room.left).toBe(1);
    new Places({ most: 9, own: 1, room }).release();
    expect(room.left).toBe(1);
  });

  it('are none once one was left out, even where there is room again', () => {
    const room = { left: 0 };
    const places = new Places({ most: 9, own: 1, room });
    add(places, 'a', 'b');
    room.left = 5;
    add(places, 'c');
    expect([places.some(9).length, places.elsewhere, room.left]).toEqual([1, 2, 5]);
  });

  it('have no time where none is told', () => {
    const places = new Places(bound(1, 1));
    places.add(read({ addresses: ['a'], at: 'x' }));
    expect(places.span).toEqual({ count: 1, first: 0, last: 0 });
    places.add(read({ addresses: ['b'], at: at(7) }));
    expect(places.span).toEqual({ count: 2, first: nine + 7, last: nine + 7 });
    places.add(read({ addresses: ['a'], at: at(3) }));
    expect(places.span).toEqual({ count: 3, first: nine + 3, last: nine + 7 });
  });
});
