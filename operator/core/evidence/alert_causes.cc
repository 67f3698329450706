#include "core/evidence/alert_causes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace launchgate::evidence {
namespace {

struct BuiltInPattern {
  std::string_view prefix;
  std::string_view suffix;
  std::string_view cause;
};

// docs/evidence.md, "Symptom-based alerts", has this table with its sources.
// A family of metrics is named by what all of them begin with; suffixes are for
// client libraries that put the name of the program in front.
constexpr std::array kBuiltIn = {
    // node_exporter
    BuiltInPattern{"node_cpu_", "", "CPU"},
    BuiltInPattern{"node_load", "", "CPU"},
    BuiltInPattern{"node_schedstat_", "", "CPU"},
    BuiltInPattern{"node_pressure_cpu_", "", "CPU"},
    BuiltInPattern{"node_memory_", "", "memory"},
    BuiltInPattern{"node_vmstat_", "", "memory"},
    BuiltInPattern{"node_pressure_memory_", "", "memory"},
    BuiltInPattern{"node_filesystem_", "", "disk"},
    BuiltInPattern{"node_disk_", "", "disk"},
    BuiltInPattern{"node_md_", "", "disk"},
    BuiltInPattern{"node_pressure_io_", "", "disk"},
    BuiltInPattern{"node_filefd_", "", "file descriptors"},
    BuiltInPattern{"node_network_", "", "network"},
    BuiltInPattern{"node_netstat_", "", "network"},
    BuiltInPattern{"node_sockstat_", "", "network"},
    BuiltInPattern{"node_nf_conntrack_", "", "network"},
    BuiltInPattern{"node_boot_time_seconds", "", "restarts"},
    // cAdvisor and the kubelet
    BuiltInPattern{"container_cpu_", "", "CPU"},
    BuiltInPattern{"container_tasks_", "", "CPU"},
    BuiltInPattern{"container_threads", "", "threads"},
    BuiltInPattern{"container_processes", "", "threads"},
    BuiltInPattern{"container_memory_", "", "memory"},
    BuiltInPattern{"container_oom_events_total", "", "memory"},
    BuiltInPattern{"container_fs_", "", "disk"},
    BuiltInPattern{"container_blkio_", "", "disk"},
    BuiltInPattern{"container_file_descriptors", "", "file descriptors"},
    BuiltInPattern{"container_ulimits_", "", "file descriptors"},
    BuiltInPattern{"container_sockets", "", "network"},
    BuiltInPattern{"container_network_", "", "network"},
    BuiltInPattern{"container_start_time_seconds", "", "restarts"},
    BuiltInPattern{"container_pressure_", "", "resource pressure"},
    BuiltInPattern{"container_spec_", "", "resource limits"},
    BuiltInPattern{"machine_cpu_", "", "CPU"},
    BuiltInPattern{"machine_memory_", "", "memory"},
    BuiltInPattern{"kubelet_volume_stats_", "", "disk"},
    BuiltInPattern{"kubelet_running_", "", "pods"},
    // kube-state-metrics
    BuiltInPattern{"kube_pod_container_resource_", "", "resource limits"},
    BuiltInPattern{"kube_resourcequota", "", "resource limits"},
    BuiltInPattern{"kube_pod_container_status_", "", "restarts"},
    BuiltInPattern{"kube_pod_init_container_status_", "", "restarts"},
    BuiltInPattern{"kube_pod_container_state_started", "", "restarts"},
    BuiltInPattern{"kube_pod_start_time", "", "restarts"},
    BuiltInPattern{"kube_pod_status_", "", "pods"},
    BuiltInPattern{"kube_node_", "", "nodes"},
    BuiltInPattern{"kube_persistentvolume", "", "disk"},
    BuiltInPattern{"kube_deployment_", "", "replicas"},
    BuiltInPattern{"kube_statefulset_", "", "replicas"},
    BuiltInPattern{"kube_daemonset_", "", "replicas"},
    BuiltInPattern{"kube_replicaset_", "", "replicas"},
    BuiltInPattern{"kube_horizontalpodautoscaler_", "", "replicas"},
    BuiltInPattern{"kube_poddisruptionbudget_", "", "replicas"},
    // Recording rules of the kubernetes and node mixins
    BuiltInPattern{"instance:node_", "", "host saturation"},
    BuiltInPattern{"instance_device:node_", "", "host saturation"},
    BuiltInPattern{"node_namespace_pod_container:container_", "", "container saturation"},
    BuiltInPattern{"namespace_cpu:", "", "CPU"},
    BuiltInPattern{"namespace_memory:", "", "memory"},
    // Every client library: the process itself
    BuiltInPattern{"", "process_cpu_seconds_total", "CPU"},
    BuiltInPattern{"process_cpu_", "", "CPU"},
    BuiltInPattern{"system_cpu_", "", "CPU"},
    BuiltInPattern{"system_load_average_", "", "CPU"},
    BuiltInPattern{"", "process_resident_memory_bytes", "memory"},
    BuiltInPattern{"", "process_virtual_memory_bytes", "memory"},
    BuiltInPattern{"", "process_virtual_memory_max_bytes", "memory"},
    BuiltInPattern{"", "process_heap_bytes", "memory"},
    BuiltInPattern{"", "process_open_fds", "file descriptors"},
    BuiltInPattern{"", "process_max_fds", "file descriptors"},
    BuiltInPattern{"process_files_", "", "file descriptors"},
    BuiltInPattern{"process_network_", "", "network"},
    BuiltInPattern{"", "process_start_time_seconds", "restarts"},
    BuiltInPattern{"process_uptime_seconds", "", "restarts"},
    // Runtimes
    BuiltInPattern{"go_memstats_", "", "memory"},
    BuiltInPattern{"go_memory_", "", "memory"},
    BuiltInPattern{"go_gc_", "", "garbage collection"},
    BuiltInPattern{"go_cpu_", "", "CPU"},
    BuiltInPattern{"go_sched_", "", "CPU"},
    BuiltInPattern{"go_goroutines", "", "threads"},
    BuiltInPattern{"go_threads", "", "threads"},
    BuiltInPattern{"jvm_memory_", "", "memory"},
    BuiltInPattern{"jvm_buffer_", "", "memory"},
    BuiltInPattern{"jvm_gc_", "", "garbage collection"},
    BuiltInPattern{"jvm_threads_", "", "threads"},
    BuiltInPattern{"jvm_cpu_", "", "CPU"},
    BuiltInPattern{"nodejs_heap_", "", "memory"},
    BuiltInPattern{"nodejs_external_memory_bytes", "", "memory"},
    BuiltInPattern{"nodejs_gc_", "", "garbage collection"},
    BuiltInPattern{"nodejs_eventloop_", "", "CPU"},
    BuiltInPattern{"nodejs_active_", "", "threads"},
    BuiltInPattern{"python_gc_", "", "garbage collection"},
    BuiltInPattern{"dotnet_gc_", "", "garbage collection"},
    BuiltInPattern{"executor_", "", "threads"},
    // Queues and pools
    BuiltInPattern{"workqueue_", "", "queue depth"},
    BuiltInPattern{"rabbitmq_queue_", "", "queue depth"},
    BuiltInPattern{"kafka_consumergroup_lag", "", "queue depth"},
    BuiltInPattern{"aws_sqs_approximate_", "", "queue depth"},
    BuiltInPattern{"hikaricp_connections", "", "connection pool"},
    BuiltInPattern{"", "_queue_depth", "queue depth"},
    BuiltInPattern{"", "_queue_length", "queue depth"},
    BuiltInPattern{"", "_queue_size", "queue depth"},
};

}  // namespace

CauseCatalogue::CauseCatalogue(std::vector<CausePattern> added, std::vector<std::string> symptoms)
    : patterns_(std::move(added)), symptoms_(std::move(symptoms)) {
  patterns_.reserve(patterns_.size() + kBuiltIn.size());
  for (const BuiltInPattern& known : kBuiltIn) {
    patterns_.push_back(
        {std::string(known.prefix), std::string(known.suffix), std::string(known.cause)});
  }
}

std::optional<std::string_view> CauseCatalogue::CauseOf(std::string_view metric) const {
  if (std::ranges::find(symptoms_, metric) != symptoms_.end()) return std::nullopt;
  for (const CausePattern& pattern : patterns_) {
    // A pattern of nothing would make every metric a cause.
    if (pattern.prefix.empty() && pattern.suffix.empty()) continue;
    if (metric.starts_with(pattern.prefix) && metric.ends_with(pattern.suffix)) {
      return pattern.cause;
    }
  }
  return std::nullopt;
}

}  // namespace launchgate::evidence
