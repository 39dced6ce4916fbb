// The API of events as they happen.
import type { WebHouse } from './house.ts';
import { liveStream } from './live-stream.ts';
import type { Route } from './route.ts';

export function liveRoutes({ live }: WebHouse): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/events/live',
      summary: 'Events as they happen, as server-sent events; `event: missed` counts what a slow reader lost',
      parameters: [{ name: 'all', in: 'query', description: 'true or 1: every event, not only decisions', schema: { type: 'boolean', default: false } }],
      answer: 'events',
      refusals: { 503: 'As many watch already as may' },
      changes: false,
      run: ({ query }) => {
        const watcher = live({ all: query['all'] === 'true' || query['all'] === '1' });
        return watcher === null
          ? { status: 503, json: { error: 'as many watch already as may; close one of them' } }
          : { status: 200, stream: liveStream(watcher), contentType: 'text/event-stream; charset=utf-8' };
      },
    },
  ];
}
