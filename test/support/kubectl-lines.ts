/** A command line of kubectl, and what it prints. */
export interface KubectlLine {
  /** Split at blanks, but for what is in single quotes. `{node}` is a node of the second pool. */
  readonly run: string;
  /** Of what it prints, both streams. */
  readonly says: RegExp;
  /** Exit code, 0 when absent. */
  readonly code?: number;
  /** The first minor of kubectl that knows the command, or says it so. */
  readonly since?: number;
  /** Repeated until it is so, for what controllers do in their own time. */
  readonly comes?: true;
}

/** Files that the lines apply. */
export const files: Readonly<Record<string, string>> = {
  "web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { tier: front } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "nginx:1.25", resources: { requests: { cpu: 50m } } }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`,
  "web2.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { tier: front } }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "nginx:1.27", resources: { requests: { cpu: 50m } } }] }
`,
  "job.yaml": `apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec:
  completions: 2
  template: { spec: { restartPolicy: Never, containers: [{ name: c, image: busybox }] } }
`,
  "sts.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: "postgres:16" }] }
`,
  "ds.yaml": `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: "agent:1" }] }
`,
  "claim.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], storageClassName: default, resources: { requests: { storage: 4Gi } } }
`,
  "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, shortNames: [wd] }
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Size, type: integer, jsonPath: .spec.size }]
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { size: { type: integer, minimum: 1 } } } }
`,
  "widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: small }\nspec: { size: 3 }\n",
  "bad-widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: bad }\nspec: { size: 0 }\n",
  "bad.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: bad }\nspec: { containers: [{ image: nginx }] }\n",
  "kustomization.yaml": "namePrefix: k-\nresources: [configmap.yaml]\n",
  "configmap.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: "1" }\n',
};

/** Reading and what stands on nodes. */
export const nodeLines: readonly KubectlLine[] = [
  { run: "version", says: /Server Version.*1\.\d+/s },
  { run: "cluster-info", says: /Kubernetes (control plane|master).* is running at/ },
  { run: "api-versions", says: /^apps\/v1$/m },
  { run: "api-resources", says: /^deployments +deploy +apps\/v1 +true +Deployment/m },
  { run: "api-resources --namespaced=false -o name", says: /^nodes$/m },
  { run: "api-resources --api-group=batch", says: /cronjobs +cj/ },
  { run: "get nodes", says: /^NAME +STATUS +ROLES +AGE +VERSION\n(aks-\S+ +Ready +\S+ +\S+ +v1\.\d+\.\d+\n){3}$/ },
  { run: "get no -o wide", says: /INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME/ },
  { run: "get nodes -L agentpool", says: /AGENTPOOL\n.* (nodepool1|second)\n/ },
  { run: "get nodes -l agentpool=second -o name", says: /^(node\/aks-second-\d+-vmss00000\d\n){2}$/ },
  { run: "get nodes --show-labels", says: /kubernetes\.io\/os=linux/ },
  { run: "get nodes --sort-by=.metadata.creationTimestamp", says: /^NAME/ },
  { run: "get node {node} -o jsonpath={.spec.providerID}", says: /^azure:\/\/\/subscriptions\// },
  { run: "get node {node} -o json", says: /"kind": "Node"/ },
  { run: "get node {node} -o yaml", says: /^kind: Node$/m },
  { run: "get nodes -o custom-columns=NAME:.metadata.name,CPU:.status.allocatable.cpu", says: /^NAME +CPU\naks-\S+ +\d+m/ },
  { run: "get nodes -o 'go-template={{len .items}}'", says: /^3$/ },
  { run: "get nodes --chunk-size=2 -o name", says: /^(node\/\S+\n){3}$/ },
  { run: "get node nope", code: 1, says: /^Error from server \(NotFound\): nodes "nope" not found$/m },
  { run: "get nothing", code: 1, says: /the server doesn't have a resource type "nothing"/ },
  { run: "describe node {node}", says: /Conditions:.*Ready +True.*Allocatable:.*Non-terminated Pods:.*Allocated resources:/s },
  { run: "taint nodes {node} dedicated=batch:NoSchedule", says: /^node\/\S+ tainted$/m },
  { run: "taint nodes {node} dedicated=batch:NoSchedule", code: 1, says: /already has dedicated taint\(s\) with same effect\(s\)/ },
  { run: "taint nodes {node} dedicated=other:NoSchedule --overwrite", says: /^node\/\S+ (tainted|modified)$/m },
  { run: "taint nodes {node} dedicated:NoSchedule-", says: /^node\/\S+ untainted$/m },
  { run: "taint nodes {node} dedicated-", code: 1, says: /taint "dedicated" not found/ },
  { run: "label node {node} disk=ssd", says: /^node\/\S+ labeled$/m },
  { run: "label node {node} disk=hdd", code: 1, says: /already has a value \(ssd\), and --overwrite is false/ },
  { run: "label node {node} disk=hdd --overwrite", says: /^node\/\S+ labeled$/m },
  { run: "label node {node} disk-", says: /^node\/\S+ (unlabeled|labeled)$/m },
  { run: "annotate node {node} note=hello", says: /^node\/\S+ annotated?$/m },
  { run: "annotate node {node} note-", says: /^node\/\S+ annotated?$/m },
  { run: "cordon {node}", says: /^node\/\S+ cordoned$/m },
  { run: "cordon {node}", says: /^node\/\S+ already cordoned$/m },
  { run: "get node {node}", says: /Ready,SchedulingDisabled/ },
  { run: "drain {node} --ignore-daemonsets --force --timeout=60s", says: /^node\/\S+ (drained|evicted)$/m },
  { run: "uncordon {node}", says: /^node\/\S+ uncordoned$/m },
  { run: 'patch node {node} -p \'{"metadata":{"labels":{"x":"y"}}}\'', says: /^node\/\S+ patched$/m },
  { run: 'patch node {node} --type=json -p \'[{"op":"remove","path":"/metadata/labels/x"}]\'', says: /^node\/\S+ patched$/m },
  {
    run: "explain pod",
    says: /DESCRIPTION:\n +Pod is a collection of containers.*FIELDS:.*spec\t<.*Specification of the desired behavior/s,
  },
  { run: "explain pod.spec.restartPolicy", says: /ENUM:\n +Always\n +Never\n +OnFailure/, since: 33 },
  { run: "explain pod.spec.containers.resources.limits", says: /<map\[string\]Quantity>/, since: 27 },
  { run: "get flowschemas exempt", says: /exempt +exempt +1 +<none> +\S+ +False/ },
  { run: "get cs", says: /etcd-0 +Healthy +ok/ },
  { run: "explain deployment.spec.strategy", says: /DESCRIPTION:\n +The deployment strategy to use.*Type of deployment\. Can be/s },
  { run: "explain node.spec.taints --recursive", says: /KIND: +Node.*DESCRIPTION:\n +If specified, the node's taints\..*effect\t</s },
  { run: "get leases -n kube-node-lease", says: /aks-second-\S+ +aks-second-/ },
  { run: "get ns", says: /^kube-system +Active/m },
  { run: "get events -A", says: /^NAMESPACE +LAST SEEN +TYPE +REASON/ },
  { run: "get --raw /healthz", says: /^ok$/ },
  { run: "get --raw /api/v1/nodes?limit=1", says: /"continue"/ },
  { run: "get sc", says: /^default \(default\) +disk\.csi\.azure\.com/m },
  { run: "get pods -A -o wide", says: /kube-system +\S+ +\d\/\d +Running/ },
  { run: "get daemonsets -n kube-system", says: /DESIRED +CURRENT +READY/ },
  { run: "get all -n kube-system", says: /deployment\.apps\/coredns/ },
];

/** Workloads, from their first apply to their deletion. */
export const workloadLines: readonly KubectlLine[] = [
  { run: "create namespace shop", says: /^namespace\/shop created$/m },
  { run: "create namespace shop", code: 1, says: /\(AlreadyExists\).*namespaces "shop" already exists/ },
  { run: "apply -f web.yaml", says: /^deployment.apps\/web created\npoddisruptionbudget.policy\/web created$/m, since: 21 },
  { run: "apply -f web.yaml", says: /^deployment.apps\/web (created|unchanged)$/m },
  { run: "rollout status deployment/web --timeout=60s", says: /successfully rolled out/ },
  { run: "get deploy web", says: /^web +3\/3 +3 +3/m },
  { run: "get deploy web -o wide", says: /CONTAINERS +IMAGES +SELECTOR\n.*nginx:1\.25 +app=web/ },
  { run: "get rs -l app=web", says: /^web-[a-z0-9]+ +3 +3 +3/m },
  { run: "get pods -l app=web -o wide", says: /web-\S+ +1\/1 +Running/ },
  { run: "get pods --field-selector=status.phase=Running -o name", says: /^pod\/web-/m },
  { run: "describe deployment web", says: /StrategyType: +RollingUpdate.*ScalingReplicaSet/s },
  { run: "describe pods -l app=web", says: /Scheduled.*Successfully assigned default\/web-/s },
  { run: "diff -f web.yaml", says: /^$/ },
  { run: "diff -f web2.yaml", code: 1, says: /^\+.*nginx:1\.27$/m },
  { run: "apply -f web2.yaml --dry-run=server", says: /configured \(server dry run\)/ },
  { run: "apply -f web2.yaml --dry-run=client", says: /configured \(dry run\)/ },
  { run: "apply -f web2.yaml", says: /^deployment.apps\/web configured$/m },
  { run: "rollout status deployment/web --timeout=60s", says: /successfully rolled out/ },
  { run: "rollout history deployment/web", says: /REVISION +CHANGE-CAUSE\n1 .*\n2 /s },
  { run: "rollout undo deployment/web", says: /^deployment.apps\/web rolled back$/m },
  { run: "rollout status deployment/web --timeout=60s", says: /successfully rolled out/ },
  { run: "get deploy web -o jsonpath={..image}", says: /nginx:1\.25/ },
  { run: "rollout pause deployment/web", says: /^deployment.apps\/web paused$/m },
  { run: "rollout resume deployment/web", says: /^deployment.apps\/web resumed$/m },
  { run: "rollout restart deployment/web", says: /^deployment.apps\/web restarted$/m },
  { run: "rollout status deployment/web --timeout=60s", says: /successfully rolled out/ },
  { run: "set image deployment/web web=nginx:1.26", says: /^deployment.apps\/web image updated$/m },
  { run: "set resources deployment/web --limits=memory=64Mi", says: /resource requirements updated/ },
  { run: "set env deployment/web MODE=test", says: /env updated/ },
  { run: "scale deployment/web --replicas=5", says: /^deployment.apps\/web scaled$/m },
  { run: "scale deployment/web --current-replicas=9 --replicas=1", code: 1, says: /Expected replicas to be 9, was 5/i },
  { run: "rollout status deployment/web --timeout=60s", says: /successfully rolled out/ },
  { run: "wait --for=condition=Available deployment/web --timeout=30s", says: /condition met/ },
  { run: "expose deployment web --port=80 --name=web", says: /^service\/web exposed$/m },
  { run: "get svc web", says: /^web +ClusterIP +10\.\S+ +<none> +80\/TCP/m },
  { run: "get endpoints web", says: /^web +10\.\S+:80/m, comes: true },
  { run: "describe svc web", says: /Selector: +app=web/ },
  { run: "autoscale deployment web --min=2 --max=6 --cpu-percent=80", says: /autoscaled$/m },
  { run: "get hpa", says: /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS/ },
  { run: "delete hpa web", says: /deleted/ },
  { run: "get pdb web", says: /^web +1 +N\/A +4/m, comes: true },
  { run: "create -f job.yaml", says: /^job.batch\/once created$/m },
  { run: "create -f job.yaml", code: 1, says: /jobs.batch "once" already exists/ },
  { run: "wait --for=condition=complete job/once --timeout=60s", says: /condition met/ },
  { run: "get jobs", says: /^once .*2\/2/m },
  { run: "create cronjob tick --image=busybox --schedule='*/5 * * * *'", says: /^cronjob.batch\/tick created$/m, since: 21 },
  { run: "create job by-hand --from=cronjob/tick", says: /^job.batch\/by-hand created$/m, since: 21 },
  { run: "apply -f sts.yaml", says: /^statefulset.apps\/db created$/m },
  { run: "rollout status statefulset/db --timeout=60s", says: /rolling update complete|roll out complete|2 pods at revision/ },
  { run: "get pods -l app=db", says: /^db-0 .*\ndb-1 /m },
  { run: "apply -f ds.yaml", says: /^daemonset.apps\/agent created$/m },
  { run: "rollout status daemonset/agent --timeout=60s", says: /successfully rolled out/ },
  { run: "apply -f claim.yaml", says: /^persistentvolumeclaim\/data created$/m },
  { run: "get pvc", says: /^data +Pending/m },
  { run: "apply -f bad.yaml", code: 1, says: /spec\.containers\[0\]\.name: Required value|missing required field "name"/ },
  { run: "apply --server-side -f configmap.yaml", says: /^configmap\/settings serverside-applied$/m },
  { run: "apply -k .", says: /^configmap\/k-settings created$/m },
  { run: "create configmap literal --from-literal=a=1", says: /^configmap\/literal created$/m },
  { run: "create secret generic hidden --from-literal=p=q", says: /^secret\/hidden created$/m },
  { run: "get secret hidden -o jsonpath={.data.p}", says: /^cQ==$/ },
  { run: "create serviceaccount robot", says: /^serviceaccount\/robot created$/m },
  { run: "create quota small --hard=pods=10 -n shop", says: /^resourcequota\/small created$/m },
  { run: "create priorityclass high --value=1000", says: /created$/m },
  { run: "run lone --image=nginx", says: /^pod\/lone created$/m },
  { run: "wait --for=condition=Ready pod/lone --timeout=60s", says: /condition met/ },
  { run: "get pod lone -o yaml", says: /kubectl-run|run: lone/ },
  { run: "replace --force -f job.yaml", says: /job.batch(\/| ")once"? (deleted|replaced)/ },
  { run: "apply -f crd.yaml", says: /widgets.example.com created$/m },
  { run: "wait --for=condition=Established crd/widgets.example.com --timeout=30s", says: /condition met/ },
  { run: "apply -f widget.yaml", says: /^widget.example.com\/small created$/m, comes: true },
  { run: "get wd", says: /^NAME +SIZE\nsmall +3$/m },
  { run: "apply -f bad-widget.yaml", code: 1, says: /spec\.size.*should be greater than or equal to 1/ },
  { run: "explain widget.spec", says: /size/, since: 27 },
  { run: "delete crd widgets.example.com", says: /deleted/ },
  { run: "events", says: /LAST SEEN +TYPE +REASON/, since: 26 },
  { run: "delete pod lone", says: /^pod "lone" deleted/m },
  { run: "wait --for=delete pod/lone --timeout=30s", says: /^$|condition met/, since: 21 },
  { run: "delete -f web.yaml --ignore-not-found", says: /^deployment.apps "web" deleted/m },
  { run: "delete job,sts,ds,svc,cm,cronjob --all --timeout=60s", says: /statefulset.apps "db" deleted/ },
  { run: "get pods -o name", says: /^(No resources found in default namespace\.\n)?$/, comes: true },
  { run: "delete namespace shop", says: /^namespace "shop" deleted/m },
];
