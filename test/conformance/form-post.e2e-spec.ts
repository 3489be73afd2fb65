import { basicPlan } from './basic-plan.js';

basicPlan('oidcc-formpost-basic-certification-test-plan', 'form_post');
