// Orders by mail at one door: looked up and used up in files, which all doors and the keeper share, so that no client waits for the keeper; told
// to the keeper, who carries them out.
import type { Config } from '../config/options.ts';
import { stateOfItem } from '../delivery/quarantine/item-folder.ts';
import type { ReleaseDesk } from '../model/release.ts';
import { createLetterBook } from '../respond/digest/letter-book.ts';
import { createReleaseDesk } from '../respond/digest/release-desk.ts';
import type { DoorStart, FromDoor } from './messages.ts';
import { quarantineDir } from './quarantine-in-force.ts';
import { digestDir, releaseAddressOf } from './release-ground.ts';

/** The desk by the configuration in force; null where recipients do not release. */
export function openDoorReleases({ releaseKey }: Pick<DoorStart, 'releaseKey'>, config: Config, say: (message: FromDoor) => void): ReleaseDesk | null {
  if (config.quarantine.digest === undefined) return null;
  const held = quarantineDir(config.state);
  const desk = createReleaseDesk({
    key: Buffer.from(releaseKey, 'base64'),
    book: createLetterBook(digestDir(config.state)),
    address: releaseAddressOf(config),
    isHeld: async (id) => (await stateOfItem(held, id)) === 'held',
    now: Date.now,
  });
  return {
    ...desk,
    order: async (token, asking) => {
      const asked = await desk.order(token, asking);
      if (asked.kind === 'ordered') say({ kind: 'release-ordered', orders: asked.orders });
      return asked;
    },
  };
}
