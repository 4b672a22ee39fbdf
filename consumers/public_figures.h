/* What the owner of lane 0 does besides: follows jaga.reference and keeps the public keys in step
   with the lanes' views. One thread owns it. */
#ifndef JAGA_CONSUMERS_PUBLIC_FIGURES_H
#define JAGA_CONSUMERS_PUBLIC_FIGURES_H

#include "kafka/law_topics.h"
#include "lane/connect.h"

struct public_figures;

struct error public_figures_open(const struct connections *connections,
                                 const struct log_identity *identity, struct public_figures **out);
void public_figures_close(struct public_figures *figures); /* accepts NULL */

/* Reads what is new on jaga.reference and refreshes the public keys; Redis or Kafka being away is
   logged once and tried again at the next call, at most once a second. `last`: all there is,
   without any pause. */
void public_figures_refresh(struct public_figures *figures, bool last);

#endif
