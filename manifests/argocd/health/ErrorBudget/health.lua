-- Health of an ErrorBudget: is there budget left to launch on?
-- Argo CD gives scripts the base and table libraries only: no string functions here.
local function health(status, message) return {status = status, message = message} end

local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for Launchgate's controller to look at this version.")
end

local conditions = {}
for _, condition in ipairs(status.conditions) do conditions[condition.type] = condition end

local function said(condition)
  if condition.message == nil or condition.message == "" then return condition.reason end
  return condition.reason .. ": " .. condition.message
end

local ready, frozen = conditions.Ready, conditions.Frozen
if ready ~= nil and ready.status == "False" then
  return health("Degraded", said(ready) .. ". Correct what the message names.")
end
if frozen ~= nil and frozen.status == "True" then
  if frozen.reason == "BudgetUnknown" then
    return health("Degraded", "Launches are frozen for want of data. " .. said(frozen) .. ". Bring the data back; the freeze ends by itself.")
  end
  return health("Suspended", "Launches are frozen. " .. said(frozen) .. ". Repair the service: the freeze ends when the budget is back. Rolling back and a BreakGlass verdict stay possible.")
end
if ready == nil or ready.status ~= "True" or frozen == nil or frozen.status ~= "False" then
  return health("Progressing", "Waiting for Launchgate's controller to compute the budget.")
end
local message = said(frozen)
local postmortem = conditions.PostmortemDue
if postmortem ~= nil and postmortem.status == "True" then
  message = message .. ". A postmortem is due: " .. said(postmortem)
end
return health("Healthy", message)
