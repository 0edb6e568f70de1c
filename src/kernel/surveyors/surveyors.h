/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who reads a kernel. */
#ifndef KERNEL_SURVEYORS_SURVEYORS_H
#define KERNEL_SURVEYORS_SURVEYORS_H

#include "kernel/survey.h"

/* In order of trust. */
extern const struct surveyor *const surveyors[];
extern const size_t nr_surveyors;

/* Lookups of everything in kernel/, and how its records are freed: for kernel_open(). */
extern const struct kernel_readers kernel_readers;

#endif
