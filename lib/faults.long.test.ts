import { plantedFaults } from "./plantedFaults";
import { areNoticed } from "./plantedFaults/areNoticed";

areNoticed(plantedFaults);
