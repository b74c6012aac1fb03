/** The targets that `compile()` knows by name, in the modules of the tests' loader: Node would load its own beside them. */
import "medallion/targets";
