import { clusterContract } from '../contracts/cluster.ts';
import { startLaboratory } from './kubernetes-laboratory.ts';

clusterContract("the laboratory's API server", startLaboratory);
