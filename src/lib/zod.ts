// The one door to the validation library: whoever describes data from outside takes `z` from here.
export { z } from 'zod';
