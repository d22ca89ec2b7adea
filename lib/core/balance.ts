/** How the losses of a stage are weighed against each other. Each loss's own `weight` comes first: L_i below has it in it. */
export type Balance =
	| { readonly kind: "equal" }
	| { readonly kind: "uncertainty" }
	| {
			readonly kind: "gradNorm";
			/** A weight's name, or a prefix of names: the gradients at these weights are made alike. */
			readonly shared: string;
			/** How strongly slow losses are favoured, α. */
			readonly alpha: number;
			/** Learning rate of the loss weights. */
			readonly lr: number;
	  };

/** Σ L_i: the losses as their own weights say. A stage without a balance has this one. */
export const equal = (): Balance => ({ kind: "equal" });

/**
 * Homoscedastic uncertainty (Kendall, Gal & Cipolla, CVPR 2018, Eq. 10, for classification): Σ e^(−s_i)·L_i + s_i/2 with a
 * trained log-variance s_i = log σ_i² for each loss, 0 at the start. They are one weight of the network, "balance/STAGE" of
 * shape `[losses]`, trained with the stage's optimiser.
 */
export const uncertainty = (): Balance => ({ kind: "uncertainty" });

/**
 * GradNorm (Chen et al., ICML 2018, Algorithm 1): Σ w_i·L_i, where the w_i are trained so that each loss moves the shared
 * weights W at a like pace. With g_i = ‖∇_W L_i‖, G_i = w_i·g_i, Ḡ their mean, and the relative inverse training rate
 * r_i = (L_i / L_i(0)) / mean_j (L_j / L_j(0)), the loss weights go down the gradient of Σ |G_i − Ḡ·r_i^α| with the targets
 * held fixed, w_i ← max(0, w_i − lr·g_i·sign(G_i − Ḡ·r_i^α)), and are then scaled so that they sum to the number of losses.
 * The network's step takes the w_i from before.
 *
 * w_i start at 1; they and L_i(0), each loss's first value that is not 0, are kept as the network's state, "balance/STAGE/…".
 *
 * @param shared name or prefix of the weights W: the paper takes the last layer that all losses share; of a table, the rows of the batch
 * @param alpha α; the paper uses 0.12 to 1.5
 * @param lr of the loss weights; the paper's 0.025
 */
export const gradNorm = ({ shared, alpha, lr = 0.025 }: { shared: string; alpha: number; lr?: number }): Balance => ({
	...{ kind: "gradNorm", shared, alpha, lr },
});
