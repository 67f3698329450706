-- Health of a LaunchAuthority: may it be believed?
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
if ready == nil then return health("Progressing", "Waiting for Launchgate's controller to read the keys.") end
if ready.status == "True" then return health("Healthy", said(ready)) end
return health("Degraded", said(ready) .. ". Correct it: until then every review that names it answers ReviewInvalid, and its launches are denied.")
