// The effective configuration in the operator's own writing: "5m" and "127.0.0.1:25", not 300000 and an object.
import { z } from '../lib/zod.ts';
import { type Config, type ConfigInput, options } from './options.ts';

/** What an operator would have to write to get exactly this configuration. It holds no secret: no option does. */
export const asWritten = (config: Config): ConfigInput => z.encode(options, config);
