// The API of measures: what is in force, and an operator's hand on it.
import { isIP } from 'node:net';
import { exportFormats } from '../respond/exports/catalogue.ts';
import type { CommandAnswer, WebHouse } from './house.ts';
import {
  kernelDropSchema,
  measureAddedSchema,
  measureExportSchema,
  measureSchema,
  measuresSchema,
  measureToAddSchema,
  suspensionSchema,
} from './measure-schemas.ts';
import { ok, refused, type ApiAnswer, type Route } from './route.ts';
import { okSchema } from './schemas.ts';

const commandAnswer = (answer: CommandAnswer): ApiAnswer => (answer.ok ? ok(answer) : refused(400, answer.error));
const idParameter = { name: 'id', in: 'path', description: 'Like m-3fa94c01d2', schema: { type: 'string' } } as const;

export function measureRoutes({ measures }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/measures',
      summary: 'Measures in force, and whether the automatic ones are suspended',
      parameters: [{ name: 'ended', in: 'query', description: 'true: the latest that have ended too', schema: { type: 'boolean', default: false } }],
      answer: measuresSchema,
      changes: false,
      run: async ({ query }) => ok(await measures.show({ ended: query['ended'] === 'true' })),
    },
    exportRoute(measures),
    kernelRoute(measures),
    {
      method: 'GET',
      path: '/api/v1/measures/{id}',
      summary: 'One measure, in force or ended, with its hits',
      parameters: [idParameter],
      answer: measureSchema,
      refusals: { 404: 'No such measure' },
      changes: false,
      run: async ({ params }) => {
        const found = await measures.find(params['id'] ?? '');
        return found === null ? refused(404, 'no such measure') : ok(found);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/measures',
      summary: 'Adds a measure; in force within a second',
      body: measureToAddSchema,
      answer: measureAddedSchema,
      refusals: { 400: 'The measure is not understood, or would touch what is never blocked' },
      changes: true,
      run: async ({ body, by }) => commandAnswer(await measures.add(body, by)),
    },
    {
      method: 'DELETE',
      path: '/api/v1/measures/{id}',
      summary: 'Ends a measure before its time',
      parameters: [idParameter],
      answer: measureAddedSchema,
      refusals: { 400: 'No such measure is in force' },
      changes: true,
      run: async ({ params, by }) => commandAnswer(await measures.undo(params['id'] ?? '', by)),
    },
    {
      method: 'POST',
      path: '/api/v1/measures/suspend',
      summary: 'Turns all automatic measures off; holds over restarts',
      body: suspensionSchema,
      answer: okSchema,
      refusals: { 400: 'The reason is not understood' },
      changes: true,
      run: async ({ body, by }) => commandAnswer(await measures.suspend(body, by)),
    },
    {
      method: 'POST',
      path: '/api/v1/measures/resume',
      summary: 'Turns automatic measures on again',
      answer: okSchema,
      refusals: { 400: 'They are not suspended' },
      changes: true,
      run: async ({ by }) => commandAnswer(await measures.resume(by)),
    },
  ];
}

const kernelRoute = (measures: WebHouse['measures']): Route => ({
  method: 'GET',
  path: '/api/v1/kernel/{address}',
  summary: 'What drops an address in the kernel: by which measures, since when, how many connection attempts; null where nothing does',
  parameters: [{ name: 'address', in: 'path', description: 'IPv4 or IPv6 address', schema: { type: 'string' } }],
  answer: kernelDropSchema,
  refusals: { 400: 'That is no address' },
  changes: false,
  run: async ({ params }) => {
    const address = params['address'] ?? '';
    return isIP(address) === 0 ? refused(400, 'that is no IP address') : ok({ drop: await measures.dropOf(address) });
  },
});

const exportRoute = (measures: WebHouse['measures']): Route => ({
  method: 'GET',
  path: '/api/v1/measures/export',
  summary: 'Measures in force as text for a packet filter, a router or a name server',
  parameters: [
    { name: 'format', in: 'query', description: 'Whose language', schema: { enum: exportFormats } },
    { name: 'ports', in: 'query', description: 'TCP ports that blocked clients must not reach', schema: { type: 'string', default: '25,465,587' } },
  ],
  answer: measureExportSchema,
  refusals: { 400: 'No such format, or no such ports' },
  changes: false,
  run: async ({ query }) => {
    const { format = '', ports } = query;
    return commandAnswer(await measures.export({ format, ...(ports === undefined ? {} : { ports }) }));
  },
});
