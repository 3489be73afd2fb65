import { basicPlan } from './basic-plan.js';

basicPlan('oidcc-basic-certification-test-plan', 'query');
