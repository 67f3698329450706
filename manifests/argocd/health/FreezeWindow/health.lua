-- Health of a FreezeWindow: is it closed, so that launches may happen?
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

local ready = conditions.Ready
if ready ~= nil and ready.status == "False" then
  return health("Degraded", said(ready) .. ". Correct what the message names.")
end
if ready == nil or ready.status ~= "True" or status.active == nil then
  return health("Progressing", "Waiting for Launchgate's controller to compute the next window.")
end
if status.active then
  local message = "Launches are frozen"
  if status.nextClose ~= nil then message = message .. " until " .. status.nextClose end
  return health("Suspended", message .. ". Rolling back and a BreakGlass verdict stay possible.")
end
if status.nextOpen == nil then return health("Healthy", "No freeze is in force, and none will come.") end
return health("Healthy", "No freeze is in force. The next one begins at " .. status.nextOpen .. ".")
