// Every detector, in the order of the mission's rows. A new one is a file in detectors/, a page in docs/detectors/ and a line here.
import type { DetectorDefinition } from './detector.ts';
import { trapMail } from './detectors/trap-mail.ts';
import { virusStorm } from './detectors/virus-storm.ts';
import { stolenAccount } from './detectors/stolen-account.ts';
import { spreadHarvest } from './detectors/spread-harvest.ts';
import { slowClients } from './detectors/slow-clients.ts';
import { selfBackscatter } from './detectors/self-backscatter.ts';
import { rudeClient } from './detectors/rude-client.ts';
import { relayAttempts } from './detectors/relay-attempts.ts';
import { passwordGuessing } from './detectors/password-guessing.ts';
import { injectorAbuse } from './detectors/injector-abuse.ts';
import { hubDistress } from './detectors/hub-distress.ts';
import { directoryHarvest } from './detectors/directory-harvest.ts';
import { connectionFlood } from './detectors/connection-flood.ts';
import { backscatterFlood } from './detectors/backscatter-flood.ts';
import { replyAllStorm } from './detectors/reply-all-storm.ts';
import { listExplosion } from './detectors/list-explosion.ts';
import { doubleBounces } from './detectors/double-bounces.ts';
import { dkimReplay } from './detectors/dkim-replay.ts';
import { circlingMessage } from './detectors/circling-message.ts';
import { campaign } from './detectors/campaign.ts';
import { answeringMachines } from './detectors/answering-machines.ts';
import { mailboxFlood } from './detectors/mailbox-flood.ts';
import { singleSourceBomb } from './detectors/single-source-bomb.ts';
import { subscriptionBomb } from './detectors/subscription-bomb.ts';

/** The detectors of the house. */
export const detectors: readonly DetectorDefinition[] = [
  subscriptionBomb,
  singleSourceBomb,
  mailboxFlood,
  replyAllStorm,
  listExplosion,
  circlingMessage,
  answeringMachines,
  doubleBounces,
  campaign,
  dkimReplay,
  directoryHarvest,
  spreadHarvest,
  connectionFlood,
  slowClients,
  rudeClient,
  relayAttempts,
  stolenAccount,
  injectorAbuse,
  backscatterFlood,
  passwordGuessing,
  hubDistress,
  selfBackscatter,
  virusStorm,
  trapMail,
];
