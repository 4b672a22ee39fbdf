#include "dashboard/goal.h"

struct goal goal_of(int64_t active, int64_t base, day_t day)
{
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    struct goal goal;
    day_to_civil(day, &year, &month, &day_of_month);
    goal.wanted = base / 1000 * GOAL_PER_MILLE + (base % 1000 * GOAL_PER_MILLE + 999) / 1000;
    goal.missing = goal.wanted > active ? goal.wanted - active : 0;
    goal.years = year < GOAL_YEAR ? GOAL_YEAR - year : 1;
    goal.per_year = (goal.missing + goal.years - 1) / goal.years;
    return goal;
}
