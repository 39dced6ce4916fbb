// The ±1 sequential test: a step up for what an offender does, a step down for what an honest client does (Jung et al. 2004, "Fast
// portscan detection using sequential hypothesis testing", with equal steps). Half and half goes nowhere; nine of ten arrives soon.

/** The next value of a walk: never below 0, and never above `most`, so that a reformed one comes down again in time. */
export const nextStep = (value: number, isBad: boolean, most = Number.POSITIVE_INFINITY): number =>
  isBad ? Math.min(most, value + 1) : Math.max(0, value - 1);
