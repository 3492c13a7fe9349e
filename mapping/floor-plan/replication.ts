/**
 * How often layers stand on crossbars. Replicas work on several windows of a layer at once.
 */

export interface ReplicatedLayer {
  /** Per image. */
  readonly windows: number;
  /** Crossbars of one copy, those that stay empty in its last PE included. */
  readonly crossbars: number;
}

/**
 * Replicas for the smallest largest number of windows per replica, the pace of the pipeline, that a budget of crossbars
 * allows: again and again the layer with the most windows per replica (the first of equals) gets another one, until the
 * budget does not hold it or it has one for each window.
 *
 * This is optimal. Windows per replica only fall, so each replica was given at a layer that had at least the present
 * largest number. Any replication with a smaller one needs all of these replicas, and one more for the layer that is
 * largest now, which the budget does not hold.
 *
 * ISAAC (section VI) works backwards from the last layer: one that strides or is pooled by s needs s times the replicas
 * of the next. Windows shrink by s there, so that is replicas in proportion to windows, which this rule comes to with a
 * large budget, apart from whole numbers.
 *
 * @param budget crossbars
 * @returns replicas of each layer, at least 1, also where one copy of each exceeds the budget
 */
export function balancedReplicas(layers: readonly ReplicatedLayer[], budget: number): number[] {
  const replicas = layers.map(() => 1);
  let left = budget - layers.reduce((sum, { crossbars }) => sum + crossbars, 0);
  for (;;) {
    let slowest = -1;
    let most = 1;
    layers.forEach(({ windows }, layer) => {
      const perReplica = windows / replicas[layer]!;
      if (perReplica > most) {
        slowest = layer;
        most = perReplica;
      }
    });
    if (slowest < 0 || layers[slowest]!.crossbars > left) return replicas;
    replicas[slowest]!++;
    left -= layers[slowest]!.crossbars;
  }
}
