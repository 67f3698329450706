-- Health of a BudgetReview: was the month signed off?
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

local ready, signed, overdue = conditions.Ready, conditions.SignedOff, conditions.Overdue
if ready ~= nil and ready.status == "False" then
  return health("Degraded", said(ready) .. ". Correct what the message names.")
end
if signed ~= nil and signed.status == "True" then return health("Healthy", said(signed)) end
if overdue ~= nil and overdue.status == "True" then
  return health("Degraded", "Launches are frozen. " .. said(overdue) .. ". Hold the review and sign it off: the freeze ends at once.")
end
if ready == nil or signed == nil or overdue == nil then
  return health("Progressing", "Waiting for Launchgate's controller to write the agenda.")
end
return health("Suspended", "Waiting for people. " .. said(signed) .. ". Hold the review and sign it off before it is overdue.")
