// The gateway's load level and queue, read from its metrics once a second: the curve of an overload.
const READ_MS = 1000;

/** One reading. */
export interface LevelReading {
  readonly second: number;
  readonly level: number;
  /** Connections that wait for their banner. */
  readonly waiting: number;
}

/** Reads until stopped; a reading that fails is left out. */
export function readLevels(webPort: number): { stop(): readonly LevelReading[] } {
  const readings: LevelReading[] = [];
  let second = 0;
  const timer = setInterval(() => {
    const at = second++;
    fetch(`http://127.0.0.1:${webPort}/metrics`)
      .then((response) => response.text())
      .then((text) => readings.push({ second: at, level: valueOf(text, 'floodgate_load_level'), waiting: valueOf(text, 'floodgate_connections_waiting') }))
      .catch(() => {});
  }, READ_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return readings;
    },
  };
}

/** Changes of direction: up, down, up again are two. A level that rises once and falls once turns once. */
export function turnsOf(readings: readonly LevelReading[]): number {
  const steps = readings.flatMap(({ level }, at) => {
    const before = readings[at - 1]?.level ?? level;
    return level === before ? [] : [Math.sign(level - before)];
  });
  return steps.filter((step, at) => at > 0 && step !== steps[at - 1]).length;
}

const valueOf = (text: string, name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
